package dev.testudo.policy.evidence;

import java.util.Arrays;
import java.util.Optional;

/// How good a TCB level is, in Intel's words.
public enum TcbStatus {
  UP_TO_DATE("UpToDate"),
  SW_HARDENING_NEEDED("SWHardeningNeeded"),
  CONFIGURATION_NEEDED("ConfigurationNeeded"),
  CONFIGURATION_AND_SW_HARDENING_NEEDED("ConfigurationAndSWHardeningNeeded"),
  OUT_OF_DATE("OutOfDate"),
  OUT_OF_DATE_CONFIGURATION_NEEDED("OutOfDateConfigurationNeeded"),
  /// The TDX module was updated under a domain, which was launched by one that is out of date.
  TD_RELAUNCH_ADVISED("TDRelaunchAdvised"),
  TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED("TDRelaunchAdvisedConfigurationNeeded"),
  REVOKED("Revoked");

  private final String text;

  TcbStatus(String text) {
    this.text = text;
  }

  /// Returns the status that a document of Intel names. The two about relaunching are derived, so
  /// no document has them.
  public static Optional<TcbStatus> parse(String text) {
    return Arrays.stream(values())
        .filter(status -> !status.relaunch() && status.text.equals(text))
        .findFirst();
  }

  /// Returns whether programs must harden themselves.
  public boolean hardening() {
    return this == SW_HARDENING_NEEDED || this == CONFIGURATION_AND_SW_HARDENING_NEEDED;
  }

  /// Returns whether the platform's configuration is insecure.
  public boolean configuration() {
    return switch (this) {
      case CONFIGURATION_NEEDED,
          CONFIGURATION_AND_SW_HARDENING_NEEDED,
          OUT_OF_DATE_CONFIGURATION_NEEDED,
          TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED ->
          true;
      case UP_TO_DATE, SW_HARDENING_NEEDED, OUT_OF_DATE, TD_RELAUNCH_ADVISED, REVOKED -> false;
    };
  }

  /// Returns whether the platform, or what launched the domain, is out of date.
  public boolean outdated() {
    return this == OUT_OF_DATE || this == OUT_OF_DATE_CONFIGURATION_NEEDED || relaunch();
  }

  private boolean relaunch() {
    return this == TD_RELAUNCH_ADVISED || this == TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED;
  }

  @Override
  public String toString() {
    return text;
  }
}
