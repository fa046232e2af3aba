package dev.testudo.cas.quota;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// How much may be kept in CAS, and of whom. `docs/cas.md` has the defaults.
///
/// @param quotas one for each [Who]
public record Quotas(Map<Who, Quota> quotas) {
  private static final Pattern FORM = Pattern.compile("([a-z]+)=([0-9]{1,9}),([0-9]{1,9})");

  /// What holds unless something else is asked for.
  public static final Quotas USUAL =
      new Quotas(
          Map.of(
              Who.OWNER, Quota.ofMib(32_768, 8192),
              Who.KEY, Quota.ofMib(4096, 1024),
              Who.STRANGER, Quota.ofMib(16, 16),
              Who.STRANGERS, Quota.ofMib(1024, 256)));

  /// Whose sessions are counted.
  public enum Who {
    /// All sessions that one owner of CAS created.
    OWNER,
    /// All sessions that one other key created.
    KEY,
    /// The sessions that one key created below a namespace where anybody may create some. Owners
    /// of CAS and the creator of the namespace are exempt.
    STRANGER,
    /// The sessions of all those keys below that namespace together.
    STRANGERS;

    /// The name in options: `owner`.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// A limit.
  ///
  /// @param sessions most sessions
  /// @param bytes most bytes of all that is kept of them, as it is sealed
  public record Quota(long sessions, long bytes) {
    /// A limit in mebibytes.
    public static Quota ofMib(long sessions, long mib) {
      return new Quota(sessions, mib << 20);
    }
  }

  /// There is one for each.
  public Quotas {
    quotas = Map.copyOf(quotas);
    if (quotas.size() != Who.values().length) {
      throw new IllegalArgumentException("a quota is missing");
    }
  }

  /// That quota.
  public Quota of(Who who) {
    var quota = quotas.get(who);
    if (quota == null) {
      throw new IllegalStateException("no quota of " + who);
    }
    return quota;
  }

  /// With one of them as `text` says: `WHO=SESSIONS,MIB`. Empty if that is not what it says.
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
