/// Injected files: file calls of the program about paths at which the shield shows its own files.
package dev.testudo.shield.supervisor.file;
