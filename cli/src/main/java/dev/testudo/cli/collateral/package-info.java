/// What the commands about collateral share: which documents a user wants, and how documents are
/// shown.
package dev.testudo.cli.collateral;
