/// Keeps what manufacturers publish about platforms: a folder of documents that several processes
/// share, what may enter it, and a file that carries it to machines without a network.
package dev.testudo.trust.collateral;
