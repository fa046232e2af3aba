package dev.testudo.agent.attest;

import dev.testudo.agent.AgentFailure;
import dev.testudo.policy.evidence.Isolation;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.vm.VmException;
import dev.testudo.vm.initdata.Initdata;
import dev.testudo.vm.initdata.LaunchedService;

/// The initdata that the host of this guest handed in. Nothing of it is true before its digest was
/// compared with the guest's own report.
///
/// @param place where it was found, for messages
record GuestInitdata(Initdata initdata, String place) {

  /// Checks that this guest was launched with the initdata, and that it names what the agent is
  /// about to start.
  ///
  /// @throws AgentFailure if anything differs; the message names it
  void require(Evidence evidence, AskedService asked, Measurements.Pending program)
      throws AgentFailure, InterruptedException {
    requireDigest(evidence);
    var launched = launched();
    requireSame("key of CAS", launched.cas().text(), asked.cas().text());
    requireSame("service", launched.service().toString(), asked.service());
    requireSame("image", launched.image().hex(), program.measurement().hex());
  }

  private void requireDigest(Evidence evidence) throws AgentFailure {
    var value =
        LaunchMeasurement.in(evidence)
            .orElseThrow(
                () ->
                    refused(
                        "evidence of %s has no value of whoever launched it"
                            .formatted(evidence.isolation())));
    if (value.value().isZero()) {
      throw refused("this VM was launched without initdata (%s is zero)".formatted(value.name()));
    }
    try {
      var digest =
          evidence.isolation() == Isolation.TDX ? initdata.mrConfigId() : initdata.hostData();
      if (!digest.equals(value.value())) {
        throw refused(
            "the initdata of %s has the digest %s, and this VM was launched with %s (%s)"
                .formatted(place, digest.hex(), value.value().hex(), value.name()));
      }
    } catch (VmException e) {
      // A digest that was cut, or filled with zeros, is that of no document.
      throw refused("%s: %s".formatted(place, e.getMessage()));
    }
  }

  private LaunchedService launched() throws AgentFailure {
    try {
      return LaunchedService.in(initdata);
    } catch (VmException e) {
      throw refused("%s: %s".formatted(place, e.getMessage()));
    }
  }

  private static void requireSame(String part, String launched, String here) throws AgentFailure {
    if (!launched.equals(here)) {
      throw refused(
          "this VM was launched for the %s %s, and the %s here is %s"
              .formatted(part, launched, part, here));
    }
  }

  private static AgentFailure refused(String reason) {
    return AgentFailure.refused(reason + "; nothing is started");
  }
}
