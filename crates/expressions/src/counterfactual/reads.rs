//! Finds whether an expression reads an attribute more than once.

use crate::compile::{Code, Op, Path, PathBase, PathStep};

/// Whether the expression reads the subject of a clause, or a part of it, elsewhere too. Then a verdict assumed for this
/// clause says nothing about the others.
pub(super) fn is_read_elsewhere(whole: &Code, subject: &Path) -> bool {
    let mut reads = Vec::new();
    collect(whole, &mut Vec::new(), &mut reads);
    let Some((_, names)) = reads.iter().find(|(path, _)| std::ptr::eq(*path, subject)) else {
        return true;
    };
    let same = reads.iter().filter(|(_, other)| other.starts_with(names));
    same.count() > 1
}

/// A path and its names; all items of a list have the same name.
type PathRead<'c> = (&'c Path, Vec<&'c str>);

fn collect<'c>(code: &'c Code, lists: &mut Vec<Vec<&'c str>>, reads: &mut Vec<PathRead<'c>>) {
    if let Op::Path(path) = &code.op {
        reads.push((path, names(path, lists)));
    }
    for part in code.parts() {
        collect(part, lists, reads);
    }
    if let Op::Quantified(quantified) = &code.op {
        let list = match &quantified.receiver.op {
            Op::Path(path) => names(path, lists),
            _ => Vec::new(),
        };
        lists.push(list);
        collect(&quantified.body, lists, reads);
        lists.pop();
    }
}

fn names<'c>(path: &'c Path, lists: &[Vec<&'c str>]) -> Vec<&'c str> {
    const ITEM: &str = "[]";
    let mut names = match &path.base {
        PathBase::Slot(_, attribute) => vec![attribute.name()],
        PathBase::Name(name) => vec![&**name],
        PathBase::Item(up) => {
            let mut list = lists.iter().rev().nth(*up).cloned().unwrap_or_default();
            list.push(ITEM);
            list
        }
        PathBase::Computed(_) => Vec::new(),
    };
    names.extend(path.steps.iter().map(|step| match step {
        PathStep::Attribute { name, .. } => &**name,
        PathStep::Index { index, .. } => match &index.op {
            Op::Text(name) => name,
            _ => ITEM,
        },
    }));
    names
}
