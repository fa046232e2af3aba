package dev.testudo.trust.attest.intel;

import dev.testudo.policy.evidence.TcbStatus;
import java.time.Instant;
import java.util.List;

/// What a document says about a TCB level.
///
/// @param date the day whose fixes the level has
/// @param advisories those that apply to the level
record TcbGrade(TcbStatus status, Instant date, List<String> advisories) {
  /// Copies the list.
  TcbGrade {
    advisories = List.copyOf(advisories);
  }
}
