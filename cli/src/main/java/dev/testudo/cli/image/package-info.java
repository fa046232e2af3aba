/// Images as the agent wants them: the files a manifest copies, laid out as the service sees them,
/// and the names of the programs of this machine that belong to it.
package dev.testudo.cli.image;
