/// Evidence: what a program can show about itself, and how it is measured.
package dev.testudo.trust.attest;
