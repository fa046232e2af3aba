/// Text that is safe and fit to show.
package dev.testudo.cli.text;
