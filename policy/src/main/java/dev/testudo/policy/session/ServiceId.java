package dev.testudo.policy.session;

import java.util.Optional;

/// Names one service of one session: `<session>/<service>`, as `SCONE_CONFIG_ID` does.
public record ServiceId(SessionName session, String service) {
  public ServiceId {
    if (session.equals(SessionName.ROOT) || !SessionName.isSegment(service)) {
      throw new IllegalArgumentException("not a service id: " + session + "/" + service);
    }
  }

  /// The id that `text` is, if it is one.
  public static Optional<ServiceId> parse(String text) {
    var slash = text.lastIndexOf('/');
    var service = text.substring(slash + 1);
    return slash > 0 && SessionName.isSegment(service)
        ? SessionName.parse(text.substring(0, slash)).map(name -> new ServiceId(name, service))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return session + "/" + service;
  }
}
