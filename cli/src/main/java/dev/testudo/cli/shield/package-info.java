/// Looks at running shields: what they do, and why they did it.
package dev.testudo.cli.shield;
