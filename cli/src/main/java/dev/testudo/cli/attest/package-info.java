/// Shows evidence of hardware, and the result of its verification, to people and scripts.
package dev.testudo.cli.attest;
