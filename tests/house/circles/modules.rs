//! The modules of a crate, and in which file a path ends.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Uses,
    written::{ModulePath, Written},
};

/// A name that is handed on more often than this leads nowhere.
const MOST_STEPS: usize = 16;

pub struct Crate {
    modules: BTreeMap<ModulePath, Module>,
}

struct Module {
    file: String,
    written: Written,
    /// The paths of imported names, from the crate.
    names: BTreeMap<String, ModulePath>,
    /// The modules all of whose names are imported.
    globs: Vec<ModulePath>,
}

impl Crate {
    /// The crate whose files these are, by name and text, in a folder. Modules that only tests have are left out.
    pub fn of(folder: &str, texts: impl Iterator<Item = (String, String)>) -> Self {
        let mut modules = BTreeMap::new();
        for (file, text) in texts {
            let Some(path) = path_of(folder, &file) else {
                continue;
            };
            let written = Written::of(&text);
            let module = Module {
                file,
                written,
                names: BTreeMap::new(),
                globs: Vec::new(),
            };
            modules.insert(path, module);
        }
        let of_tests = |path: &ModulePath| {
            (0..path.len()).any(|depth| {
                let parent: Option<&Module> = modules.get(&path[..depth]);
                parent.is_some_and(|it| it.written.tests.contains(&path[depth]))
            })
        };
        let tests: Vec<ModulePath> = modules.keys().filter(|it| of_tests(it)).cloned().collect();
        for path in &tests {
            modules.remove(path);
        }
        let mut all = Crate { modules };
        for path in all.modules.keys().cloned().collect::<Vec<_>>() {
            all.import(&path);
        }
        all
    }

    /// The file of each module.
    pub fn files(&self) -> BTreeMap<ModulePath, String> {
        let files = self.modules.iter();
        files
            .map(|(path, module)| (path.clone(), module.file.clone()))
            .collect()
    }

    /// The files that define a type of each name.
    pub fn types(&self) -> BTreeMap<String, Vec<String>> {
        let mut types: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for module in self.modules.values() {
            for name in &module.written.types {
                let files = types.entry(name.clone()).or_default();
                files.push(module.file.clone());
            }
        }
        types
    }

    /// Which files each file uses. What a file only hands on is none of them.
    pub fn uses(&self) -> Uses {
        let mut uses = Uses::new();
        for (path, module) in &self.modules {
            let imports = module.written.imports.iter().filter(|it| !it.is_public);
            let paths = imports.map(|it| &it.path).chain(&module.written.paths);
            let ends = paths.filter_map(|it| self.end(&self.absolute(path, it)?, MOST_STEPS));
            let files: BTreeSet<String> = ends
                .map(|end| end.file.clone())
                .filter(|file| *file != module.file)
                .collect();
            uses.insert(module.file.clone(), files);
        }
        uses
    }

    fn import(&mut self, path: &ModulePath) {
        let (mut names, mut globs) = (BTreeMap::new(), Vec::new());
        for import in &self.modules[path].written.imports {
            match self.absolute(path, &import.path) {
                Some(from) if import.name == "*" => globs.push(from),
                Some(from) => {
                    names.insert(import.name.clone(), from);
                }
                None => {}
            }
        }
        if let Some(module) = self.modules.get_mut(path) {
            (module.names, module.globs) = (names, globs);
        }
    }

    /// A path in a module's code, from the crate; `None` for one that leads out of it.
    fn absolute(&self, module: &ModulePath, path: &[String]) -> Option<ModulePath> {
        let (first, rest) = path.split_first()?;
        let supers = path.iter().take_while(|it| *it == "super").count();
        let (mut from, rest) = match first.as_str() {
            "crate" => (Vec::new(), rest),
            "self" => (module.clone(), rest),
            "super" => (
                module[..module.len().checked_sub(supers)?].to_vec(),
                &path[supers..],
            ),
            name => {
                let mut child = module.clone();
                child.push(name.to_owned());
                match self.modules[module].names.get(name) {
                    Some(imported) => (imported.clone(), rest),
                    None if self.modules.contains_key(&child) => (child, rest),
                    None => return None,
                }
            }
        };
        from.extend_from_slice(rest);
        Some(from)
    }

    /// The module whose file defines what is at the end of a path. What is not found there, such as a name that a macro
    /// makes, is taken for a definition of the last module.
    fn end(&self, path: &[String], steps: usize) -> Option<&Module> {
        let steps = steps.checked_sub(1)?;
        let deepest = (0..=path.len()).rev();
        let (module, rest) = deepest
            .filter_map(|length| Some((self.modules.get(&path[..length])?, &path[length..])))
            .next()?;
        // A function may have the name of its module.
        if let Some((name, parent)) = path.split_last().filter(|_| rest.is_empty())
            && let Some(from) = self.modules.get(parent).and_then(|it| it.names.get(name))
            && from != path
        {
            return self.end(from, steps);
        }
        let Some((name, rest)) = rest.split_first() else {
            return Some(module);
        };
        if module.written.items.contains(name) {
            return Some(module);
        }
        if let Some(from) = module.names.get(name) {
            return self.end(&[from, rest].concat(), steps);
        }
        let globs = module.globs.iter();
        let handed_on = globs.filter_map(|from| {
            let from = [from.as_slice(), std::slice::from_ref(name), rest].concat();
            self.end(&from, steps)
                .filter(|it| it.written.items.contains(name))
        });
        handed_on.into_iter().next().or(Some(module))
    }
}

/// The module that a file is; `None` for the root of a program.
fn path_of(folder: &str, file: &str) -> Option<ModulePath> {
    let name = file
        .strip_prefix(folder)?
        .strip_prefix('/')?
        .strip_suffix(".rs")?;
    let mut path: ModulePath = name.split('/').map(str::to_owned).collect();
    match name {
        "main" => return None,
        "lib" => path.clear(),
        _ if path.last().is_some_and(|it| it == "mod") => {
            path.pop();
        }
        _ => {}
    }
    Some(path)
}
