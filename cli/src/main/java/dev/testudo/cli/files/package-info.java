/// Files of our own on disk: private, replaced whole, deleted whole.
package dev.testudo.cli.files;
