package dev.testudo.policy.session;

import java.util.Optional;

/// The name of one service of one session: `<session>/<service>`, as in `SCONE_CONFIG_ID`.
public record ServiceId(SessionName session, String service) {
  public ServiceId {
    if (session.equals(SessionName.ROOT) || !SessionName.isSegment(service)) {
      throw new IllegalArgumentException("not a service id: " + session + "/" + service);
    }
  }

  /// Parses an id. Returns empty if `text` is not one.
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
