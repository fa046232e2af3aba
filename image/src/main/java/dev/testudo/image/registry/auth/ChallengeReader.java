package dev.testudo.image.registry.auth;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Reads `WWW-Authenticate` (RFC 9110 §11.6.1):
///
/// ```
/// challenge  = auth-scheme [ 1*SP ( token68 / #auth-param ) ]
/// auth-param = token BWS "=" BWS ( token / quoted-string )
/// ```
///
/// Challenges and parameters are both separated by commas. A word is the scheme of a new challenge
/// if no `=` follows it.
final class ChallengeReader {
  private static final int MAX_CHALLENGES = 16;
  private static final int MAX_PARAMETERS = 32;
  private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

  private final String text;
  private int at;

  private ChallengeReader(String text) {
    this.text = text;
  }

  /// Reads all challenges of the values of the header. The rest of a value is left out from the
  /// point where it is malformed or exceeds a limit.
  static List<AuthChallenge> read(List<String> values) {
    var challenges = new ArrayList<AuthChallenge>();
    for (var value : values) {
      new ChallengeReader(value).challenges(challenges);
    }
    return challenges;
  }

  private void challenges(List<AuthChallenge> into) {
    skipSeparators();
    while (at < text.length() && into.size() < MAX_CHALLENGES) {
      var scheme = token();
      if (scheme.isEmpty()) {
        return;
      }
      var parameters = new LinkedHashMap<String, String>();
      var wellFormed = parameters(parameters);
      if (!wellFormed) {
        return;
      }
      into.add(new AuthChallenge(scheme, parameters));
      skipSeparators();
    }
  }

  private boolean parameters(Map<String, String> into) {
    skipToken68();
    while (true) {
      var start = at;
      skipSeparators();
      var name = token();
      skipSpace();
      if (name.isEmpty() || at == text.length() || text.charAt(at) != '=') {
        // The end, or the scheme of the next challenge.
        at = start;
        return at == text.length() || isSeparator(text.charAt(at));
      }
      at++;
      skipSpace();
      var value = new StringBuilder();
      if (!value(value) || into.size() == MAX_PARAMETERS) {
        return false;
      }
      into.putIfAbsent(name.toLowerCase(Locale.ROOT), value.toString());
    }
  }

  /// Skips credentials in the form `token68`, which end a challenge and mean nothing here.
  private void skipToken68() {
    var start = at;
    skipSpace();
    while (at < text.length() && (isToken(text.charAt(at)) || text.charAt(at) == '/')) {
      at++;
    }
    var padding = at;
    while (at < text.length() && text.charAt(at) == '=') {
      at++;
    }
    var ends = at == text.length() || text.charAt(at) == ',';
    if (!ends || padding == start) {
      at = start;
    }
  }

  private boolean value(StringBuilder into) {
    if (at == text.length() || text.charAt(at) != '"') {
      into.append(token());
      return !into.isEmpty();
    }
    for (at++; at < text.length(); at++) {
      var c = text.charAt(at);
      if (c == '"') {
        at++;
        return true;
      }
      if (c == '\\' && at + 1 < text.length()) {
        at++;
      }
      into.append(text.charAt(at));
    }
    return false;
  }

  private String token() {
    var start = at;
    while (at < text.length() && isToken(text.charAt(at))) {
      at++;
    }
    return text.substring(start, at);
  }

  private void skipSpace() {
    while (at < text.length() && isSpace(text.charAt(at))) {
      at++;
    }
  }

  private void skipSeparators() {
    while (at < text.length() && isSeparator(text.charAt(at))) {
      at++;
    }
  }

  private static boolean isSeparator(char c) {
    return c == ',' || isSpace(c);
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t';
  }

  private static boolean isToken(char c) {
    return (c < 128 && Character.isLetterOrDigit(c)) || TOKEN_MARKS.indexOf(c) >= 0;
  }
}
