// Parses every file of a folder as a Go template, as Helm does: `go run bench/templates DIR`, the folder being what
// `DUMP=DIR cargo test --test templates` wrote. Ends with 1 where one does not parse.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"text/template/parse"
)

func main() {
	files, err := filepath.Glob(filepath.Join(os.Args[1], "*.yaml"))
	if err != nil || len(files) == 0 {
		fmt.Fprintln(os.Stderr, "no *.yaml in", os.Args[1], err)
		os.Exit(2)
	}
	bad := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err == nil {
			tree := parse.New(file)
			tree.Mode = parse.SkipFuncCheck
			_, err = tree.Parse(string(text), "{{", "}}", map[string]*parse.Tree{})
		}
		if err != nil {
			bad++
			fmt.Println(err)
		}
	}
	fmt.Printf("%d files, %d do not parse\n", len(files), bad)
	if bad > 0 {
		os.Exit(1)
	}
}
