package dev.testudo.shield;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/// Runs the shield's tests with fewer rights: as an ordinary user, and in a container. A
/// representative selection always, all of them nightly.
@Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class ElsewherePrivilegedTest {
  private static final String[] ALL = {
    "ConnectPrivilegedTest",
    "ListenPrivilegedTest",
    "UnixPrivilegedTest",
    "LentRightsPrivilegedTest",
    "ProtectedUnixPrivilegedTest",
    "RunningShieldPrivilegedTest",
    "OddSocketCallsPrivilegedTest",
    "FilterPrivilegedTest",
    "InjectedFilesPrivilegedTest"
  };

  @Test
  void anOrdinaryUserHasProtectedConnectionsBothWays() throws Exception {
    try (var user = Elsewhere.ordinaryUser()) {
      user.passes("RunningShieldPrivilegedTest", "LentRightsPrivilegedTest");
    }
  }

  @Test
  void plainAndProtectedConnectionsWorkInAContainer() throws Exception {
    try (var container = Elsewhere.container()) {
      container.passes(
          "ConnectPrivilegedTest",
          "ProtectedUnixPrivilegedTest",
          "UnixPrivilegedTest#connectsThatMayNotWaitLeaveNothingOpen");
    }
  }

  @Test
  void injectedFilesWorkForAnOrdinaryUserInAContainer() throws Exception {
    try (var container = Elsewhere.containerOfAnOrdinaryUser()) {
      container.passes("InjectedFilesPrivilegedTest");
    }
  }

  @Tag("nightly")
  @Test
  void everythingWorksForAnOrdinaryUser() throws Exception {
    try (var user = Elsewhere.ordinaryUser()) {
      user.passes(ALL);
    }
  }

  @Tag("nightly")
  @Test
  void everythingWorksInAContainer() throws Exception {
    try (var container = Elsewhere.container()) {
      container.passes(ALL);
    }
  }

  @Tag("nightly")
  @Test
  void everythingWorksForAnOrdinaryUserInAContainer() throws Exception {
    try (var container = Elsewhere.containerOfAnOrdinaryUser()) {
      container.passes(ALL);
    }
  }
}
