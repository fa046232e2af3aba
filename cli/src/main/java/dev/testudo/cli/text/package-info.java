/// The layout of text for people.
package dev.testudo.cli.text;
