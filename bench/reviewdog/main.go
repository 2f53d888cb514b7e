// Reads a report as reviewdog does, with its own parsers: `reader rdjson|sarif < REPORT` prints how many diagnostics there are,
// and how many of them have suggestions.
//
//	cd bench/reviewdog && go mod init reader && go mod tidy && go build -o /tmp/reader .
package main

import (
	"fmt"
	"os"

	"github.com/reviewdog/reviewdog/parser"
)

func main() {
	var reader parser.Parser = parser.NewRDJSONParser()
	if os.Args[1] == "sarif" {
		reader = parser.NewSarifParser()
	}
	found, err := reader.Parse(os.Stdin)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	suggesting := 0
	for _, one := range found {
		start := one.GetLocation().GetRange().GetStart()
		if one.GetMessage() == "" || one.GetLocation().GetPath() == "" || start.GetLine() < 1 {
			fmt.Fprintln(os.Stderr, "a diagnostic without message or place:", one)
			os.Exit(1)
		}
		if len(one.GetSuggestions()) > 0 {
			suggesting++
		}
	}
	fmt.Println(len(found), suggesting)
}
