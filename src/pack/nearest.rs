//! The name that a mistyped one probably meant.

/// The nearest of `names`, if one is near: at most a third of the letters differ.
pub fn nearest<'n>(typed: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let best = names.into_iter().map(|name| (distance(typed, name), name)).min()?;
    (best.0 <= typed.chars().count().max(3) / 3).then_some(best.1)
}

/// Letters to put in, take out, change or swap with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let swap = (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]).then(|| rows[i - 2][j - 2] + 1);
            let change = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row.push((rows[i - 1][j] + 1).min(row[j - 1] + 1).min(change).min(swap.unwrap_or(usize::MAX)));
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_and_far() {
        assert_eq!(distance("1.72", "1.27"), 1);
        assert_eq!(nearest("colector", ["collector", "provider"]), Some("collector"));
        assert_eq!(nearest("xyz", ["collector"]), None);
        assert_eq!(nearest("x", []), None);
    }
}
