package dev.testudo.trust.attest.intel;

import java.util.Comparator;
import java.util.List;

/// A TCB level of a platform.
///
/// @param sgx the least versions of the components that the PCK certificate lists; 16
/// @param pceSvn the least version of the provisioning certification enclave
/// @param tdx the least versions in TEE_TCB_SVN; 16, and none for SGX
record TcbLevel(List<Component> sgx, int pceSvn, List<Component> tdx, TcbGrade grade) {
  static final int COMPONENTS = 16;

  /// The highest level first, as Intel's library sorts them (`TcbLevel::operator>` of the QVL): by
  /// components, then by PCESVN, then by TDX components.
  static final Comparator<TcbLevel> HIGHEST_FIRST =
      Comparator.comparing(TcbLevel::sgx, TcbLevel::compare)
          .thenComparingInt(TcbLevel::pceSvn)
          .thenComparing(TcbLevel::tdx, TcbLevel::compare)
          .reversed();

  /// Copies the lists.
  TcbLevel {
    sgx = List.copyOf(sgx);
    tdx = List.copyOf(tdx);
  }

  /// A component.
  ///
  /// @param svn its version, 0 to 255
  /// @param label what it is, in Intel's words; may be empty
  record Component(int svn, String label) {}

  private static int compare(List<Component> one, List<Component> other) {
    for (var i = 0; i < Math.min(one.size(), other.size()); i++) {
      var order = Integer.compare(one.get(i).svn(), other.get(i).svn());
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(one.size(), other.size());
  }
}
