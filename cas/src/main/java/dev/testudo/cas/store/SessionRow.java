package dev.testudo.cas.store;

/// One revision of a session.
///
/// @param revision 1 for the first
/// @param hash 64 hexadecimal digits
/// @param creator key hash of whoever registered the first revision
/// @param yaml the text as it came
public record SessionRow(String name, long revision, String hash, String creator, String yaml) {
  @Override
  public String toString() {
    return "SessionRow[%s, %d, %s]".formatted(name, revision, hash);
  }
}
