package dev.testudo.cli.up;

import dev.testudo.trust.channel.AgentEvents;

/// Something the run of a mesh has to react to. All are handled by one thread, in order.
sealed interface Happening {
  /// CAS wrote a line to its standard output; the first one says where it listens.
  record CasSaid(String line) implements Happening {}

  /// CAS is gone.
  record CasEnded(int code) implements Happening {}

  /// The agent of a service reported something.
  record AgentReported(String service, AgentEvents.Line line) implements Happening {}

  /// The agent of a service is gone, and with it the service.
  record ServiceEnded(String service, int code) implements Happening {}

  /// The command that `up` was given is done.
  record CommandEnded(int code) implements Happening {}

  /// The user wants an end.
  record StopRequested() implements Happening {}

  /// Everything has been stopped.
  record Stopped() implements Happening {}
}
