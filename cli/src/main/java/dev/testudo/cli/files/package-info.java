/// Private files: created, replaced atomically, and deleted as a whole.
package dev.testudo.cli.files;
