//! A floor in a process of its own.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use crate::service::counted;

/// It is gone when dropped.
pub struct Floor {
    child: Child,
    pub port: u16,
    folder: tempfile::TempDir,
}

impl Floor {
    /// Starts this very program as a floor, over a folder with these files.
    pub fn start(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, content) in files {
            std::fs::write(folder.path().join(name), content).expect("written");
        }
        let program = std::env::current_exe().expect("this program");
        let mut runner = match counted::is_wanted() {
            true => counted::under_callgrind(&program, folder.path()),
            false => Command::new(program),
        };
        let mut child = runner
            .arg("floor")
            .arg(folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the floor starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output"))
            .read_line(&mut line)
            .expect("its port");
        Floor {
            child,
            port: line.trim().parse().expect("a port"),
            folder,
        }
    }

    /// Instructions of one of `count` requests; where they are counted.
    pub fn instructions(&self, count: usize, operate: impl Fn(usize)) -> f64 {
        counted::instructions(self.child.id(), self.folder.path(), count, operate)
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
