/// Shows running shields and explains what they did.
package dev.testudo.cli.shield;
