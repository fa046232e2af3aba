package dev.testudo.cli.up;

import dev.testudo.trust.channel.AgentEvents;

/// An event that the run of a mesh reacts to. One thread handles all of them in order.
sealed interface Happening {
  /// CAS wrote a line to its standard output. The first one contains its address.
  record CasSaid(String line) implements Happening {}

  /// CAS has ended.
  record CasEnded(int code) implements Happening {}

  /// The agent of a service reported something.
  record AgentReported(String service, AgentEvents.Line line) implements Happening {}

  /// The agent of a service has ended, and with it the service.
  record ServiceEnded(String service, int code) implements Happening {}

  /// The command given to `up` has ended.
  record CommandEnded(int code) implements Happening {}

  /// The user asked to stop.
  record StopRequested() implements Happening {}

  /// Everything has been stopped.
  record Stopped() implements Happening {}
}
