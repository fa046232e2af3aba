package dev.testudo.trust.attest.intel;

import dev.testudo.policy.evidence.TcbShortfall;
import java.util.List;
import java.util.Optional;

/// A level of an enclave or a TDX module, which has a single version.
record SvnLevel(int svn, TcbGrade grade) {

  /// Returns the highest level that a version reaches.
  ///
  /// @param levels the highest first
  static Optional<SvnLevel> reached(List<SvnLevel> levels, int svn) {
    return levels.stream().filter(level -> level.svn <= svn).findFirst();
  }

  /// Returns what a version lacks to the highest level.
  static List<TcbShortfall> shortfalls(List<SvnLevel> levels, String component, int svn) {
    var highest = levels.getFirst().svn;
    return svn < highest ? List.of(new TcbShortfall(component, svn, highest)) : List.of();
  }
}
