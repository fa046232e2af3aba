package dev.testudo.cas.audit;

import java.util.List;

/// Evidence that a policy accepted.
///
/// @param kind the kind of evidence, such as `tdx`
/// @param measurement 64 hexadecimal digits
/// @param hardwareAttested whether hardware of a manufacturer vouches for the program
/// @param remarks what the policy tolerated, and what ends next; at most 32 of at most 512
///     characters each
public record AcceptedEvidence(
    String kind, String measurement, boolean hardwareAttested, List<String> remarks) {
  private static final int MOST_REMARKS = 32;
  private static final int MOST_CHARACTERS = 512;

  /// Cuts what is too long.
  public AcceptedEvidence {
    remarks =
        remarks.stream()
            .limit(MOST_REMARKS)
            .map(remark -> remark.substring(0, Math.min(remark.length(), MOST_CHARACTERS)))
            .toList();
  }
}
