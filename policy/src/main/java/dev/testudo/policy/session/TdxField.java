package dev.testudo.policy.session;

import dev.testudo.policy.evidence.TrustDomain;
import java.util.Arrays;
import java.util.List;

/// A value of a TDX trust domain that a policy can demand (`tdx`). Each has 48 bytes.
public enum TdxField {
  MRTD("mrtd", Distinguishes.MACHINE),
  RTMR0("0", Distinguishes.MACHINE),
  RTMR1("1", Distinguishes.MACHINE),
  RTMR2("2", Distinguishes.MACHINE),
  RTMR3("3", Distinguishes.SERVICE),
  MRCONFIGID("mrconfigid", Distinguishes.SERVICE),
  MROWNER("mrowner", Distinguishes.OTHER),
  MROWNERCONFIG("mrownerconfig", Distinguishes.SERVICE),
  MRSEAM("mrseam", Distinguishes.OTHER),
  MRSERVICETD("mrservicetd", Distinguishes.OTHER);

  /// The registers that are extended at run time, by number.
  public static final List<TdxField> REGISTERS = List.of(RTMR0, RTMR1, RTMR2, RTMR3);

  private final String key;
  private final Distinguishes distinguishes;

  TdxField(String key, Distinguishes distinguishes) {
    this.key = key;
    this.distinguishes = distinguishes;
  }

  /// Returns the key in `tdx`, or in `rtmr` for a register.
  public String key() {
    return key;
  }

  /// Returns what the value tells apart.
  public Distinguishes distinguishes() {
    return distinguishes;
  }

  /// Returns the value of a domain.
  public String of(TrustDomain domain) {
    return switch (this) {
      case MRTD -> domain.mrtd();
      case RTMR0 -> domain.rtmr().get(0);
      case RTMR1 -> domain.rtmr().get(1);
      case RTMR2 -> domain.rtmr().get(2);
      case RTMR3 -> domain.rtmr().get(3);
      case MRCONFIGID -> domain.owner().mrconfigid();
      case MROWNER -> domain.owner().mrowner();
      case MROWNERCONFIG -> domain.owner().mrownerconfig();
      case MRSEAM -> domain.module().mrseam();
      case MRSERVICETD -> domain.module().mrservicetd();
    };
  }

  /// Returns the fields whose key is in `tdx` itself.
  public static List<TdxField> direct() {
    return Arrays.stream(values()).filter(field -> !REGISTERS.contains(field)).toList();
  }

  /// Returns the name in messages, such as `rtmr 3`.
  @Override
  public String toString() {
    return REGISTERS.contains(this) ? "rtmr " + key : key;
  }
}
