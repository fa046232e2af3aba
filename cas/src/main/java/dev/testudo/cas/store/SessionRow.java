package dev.testudo.cas.store;

/// One revision of a session.
///
/// @param revision the number of the revision, from 1
/// @param hash 64 hexadecimal digits
/// @param creator the hash of the key that registered the first revision
/// @param yaml the text as it was received
public record SessionRow(String name, long revision, String hash, String creator, String yaml) {
  @Override
  public String toString() {
    return "SessionRow[%s, %d, %s]".formatted(name, revision, hash);
  }
}
