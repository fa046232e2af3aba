package dev.testudo.vm.measure.tdx;

import static dev.testudo.vm.MeasurementHash.SHA384;

import dev.testudo.vm.measure.MeasuredEvent;
import java.util.List;

/// What the firmware measures when the kernel takes over (TCG PC Client Platform Firmware Profile,
/// PCR 5, which a trust domain has in RTMR1).
final class ExitBootServices {
  private ExitBootServices() {}

  static List<MeasuredEvent> events() {
    return List.of(
        MeasuredEvent.action("Exit Boot Services Invocation", SHA384),
        MeasuredEvent.action("Exit Boot Services Returned with Success", SHA384));
  }
}
