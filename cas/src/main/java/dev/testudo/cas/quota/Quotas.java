package dev.testudo.cas.quota;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Limits on how much CAS keeps, by kind of creator. `docs/cas.md` lists the defaults.
///
/// @param quotas one for each [Who]
public record Quotas(Map<Who, Quota> quotas) {
  private static final Pattern FORM = Pattern.compile("([a-z]+)=([0-9]{1,9}),([0-9]{1,9})");

  /// The defaults.
  public static final Quotas USUAL =
      new Quotas(
          Map.of(
              Who.OWNER, Quota.ofMib(32_768, 8192),
              Who.KEY, Quota.ofMib(4096, 1024),
              Who.STRANGER, Quota.ofMib(16, 16),
              Who.STRANGERS, Quota.ofMib(1024, 256)));

  /// The sessions that a quota counts together.
  public enum Who {
    /// All sessions that one owner of CAS created.
    OWNER,
    /// All sessions that one other key created.
    KEY,
    /// The sessions that one key created below a namespace in which anybody may create sessions.
    /// Owners of CAS and the creator of the namespace are exempt.
    STRANGER,
    /// The sessions of all such keys below that namespace together.
    STRANGERS;

    /// Returns the name used in options, such as `owner`.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// A limit.
  ///
  /// @param sessions the most sessions
  /// @param bytes the most bytes stored for them, in sealed form
  public record Quota(long sessions, long bytes) {
    /// Returns a limit with its size in mebibytes.
    public static Quota ofMib(long sessions, long mib) {
      return new Quota(sessions, mib << 20);
    }
  }

  /// Checks that there is a quota for each kind.
  public Quotas {
    quotas = Map.copyOf(quotas);
    if (quotas.size() != Who.values().length) {
      throw new IllegalArgumentException("a quota is missing");
    }
  }

  /// Returns the quota of the given kind.
  public Quota of(Who who) {
    var quota = quotas.get(who);
    if (quota == null) {
      throw new IllegalStateException("no quota of " + who);
    }
    return quota;
  }

  /// Returns these quotas with one changed as in `WHO=SESSIONS,MIB`; empty if `text` is malformed.
  public Optional<Quotas> with(String text) {
    var matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    for (var who : Who.values()) {
      if (who.text().equals(matcher.group(1))) {
        var changed = new TreeMap<>(quotas);
        changed.put(
            who, Quota.ofMib(Long.parseLong(matcher.group(2)), Long.parseLong(matcher.group(3))));
        return Optional.of(new Quotas(changed));
      }
    }
    return Optional.empty();
  }
}
