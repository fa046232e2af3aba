/// Enclaves of Gramine that are made of confidential container images.
package dev.testudo.cli.gramine;
