/// Images for the agent: the files that a manifest copies, laid out as the service sees them, and
/// the paths of the programs of this machine that belong to them.
package dev.testudo.cli.image;
