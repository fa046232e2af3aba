/// Reads volumes of both forms, and copies trees of files to volumes and out of them.
package dev.testudo.cli.volume;
