package dev.testudo.cli.kata;

import dev.testudo.cli.kata.Rego.Literal;
import dev.testudo.cli.kata.Rego.Rule;
import dev.testudo.cli.kata.Rego.Term;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonValue.JsonString;
import dev.testudo.trust.json.MessageException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads the subset of Rego that we write. What is not of this subset is an error, so a test that
/// passes has understood the whole policy.
final class RegoParser {
  private static final Pattern TOKEN =
      Pattern.compile(
          "[ \\t]+|#[^\\n]*|(\\n)|(\"(?:[^\"\\\\]|\\\\.)*\")|([A-Za-z_][A-Za-z0-9_]*)|([0-9]+)"
              + "|(:=|==|!=|[.,:(){}\\[\\]])");
  private static final String LINE = "\n";
  private static final Set<String> WORDS =
      Set.of("default", "if", "in", "some", "every", "not", "package", "import");

  private final List<String> tokens;
  private int at;
  private final Map<String, Term> defaults = new LinkedHashMap<>();
  private final Map<String, List<Rule>> rules = new LinkedHashMap<>();

  private RegoParser(List<String> tokens) {
    this.tokens = tokens;
  }

  static Rego.Module read(String text) {
    var tokens = new ArrayList<String>();
    var matcher = TOKEN.matcher(text);
    var end = 0;
    while (matcher.find()) {
      if (matcher.start() != end) {
        throw new IllegalArgumentException("not understood: " + text.substring(end, end + 20));
      }
      end = matcher.end();
      if (!matcher.group().isBlank() && !matcher.group().startsWith("#")) {
        tokens.add(matcher.group());
      } else if (matcher.group(1) != null) {
        tokens.add(LINE);
      }
    }
    if (end != text.length()) {
      throw new IllegalArgumentException("not understood: " + text.substring(end));
    }
    return new RegoParser(tokens).module();
  }

  private Rego.Module module() {
    skipLines();
    expect("package");
    expect("agent_policy");
    skipLines();
    while (accept("import")) {
      for (var word : List.of("future", ".", "keywords", ".")) {
        expect(word);
      }
      take();
      skipLines();
    }
    while (at < tokens.size()) {
      statement();
      skipLines();
    }
    return new Rego.Module(defaults, rules);
  }

  private void statement() {
    if (accept("default")) {
      var name = name();
      expect(":=");
      defaults.put(name, term());
      return;
    }
    var name = name();
    var parameters = new ArrayList<String>();
    if (accept("(")) {
      do {
        parameters.add(name());
      } while (accept(","));
      expect(")");
    }
    Term value = new Rego.Scalar(Optional.of(true));
    if (accept(":=")) {
      value = term();
    }
    var body = accept("if") ? body() : List.<Literal>of();
    rules.computeIfAbsent(name, _ -> new ArrayList<>()).add(new Rule(parameters, value, body));
  }

  private List<Literal> body() {
    expect("{");
    skipLines();
    var body = new ArrayList<Literal>();
    while (!accept("}")) {
      body.add(literal());
      if (!peek().equals("}")) {
        expect(LINE);
      }
      skipLines();
    }
    return body;
  }

  private Literal literal() {
    if (accept("some")) {
      var name = name();
      expect("in");
      return new Rego.Some(name, term());
    }
    if (accept("every")) {
      var name = name();
      Optional<String> key = Optional.empty();
      if (accept(",")) {
        key = Optional.of(name);
        name = name();
      }
      expect("in");
      return new Rego.Every(key, name, term(), body());
    }
    if (accept("not")) {
      return new Rego.Not(comparison());
    }
    if (at + 1 < tokens.size() && tokens.get(at + 1).equals(":=")) {
      var name = name();
      expect(":=");
      return new Rego.Assign(name, term());
    }
    return new Rego.Holds(comparison());
  }

  private Term comparison() {
    var left = term();
    for (var operator : List.of("==", "!=", "in")) {
      if (accept(operator)) {
        return new Rego.Comparison(left, operator, term());
      }
    }
    return left;
  }

  private Term term() {
    var term = primary();
    while (true) {
      if (accept(".")) {
        term = new Rego.Member(term, new Rego.Scalar(Optional.of(take())));
      } else if (accept("[")) {
        term = new Rego.Member(term, term());
        expect("]");
      } else if (accept("(")) {
        term = new Rego.Call(function(term), items(")"));
      } else {
        return term;
      }
    }
  }

  private static String function(Term term) {
    return switch (term) {
      case Rego.Variable(var name) -> name;
      case Rego.Member(Rego.Variable(var name), Rego.Scalar(var member)) ->
          name + "." + member.orElseThrow();
      default -> throw new IllegalArgumentException("not a function: " + term);
    };
  }

  private Term primary() {
    if (accept("[")) {
      return new Rego.Array(items("]"));
    }
    if (accept("{")) {
      return object();
    }
    var token = take();
    if (token.startsWith("\"")) {
      return new Rego.Scalar(Optional.of(unquoted(token)));
    }
    if (Character.isDigit(token.charAt(0))) {
      return new Rego.Scalar(Optional.of(Long.parseLong(token)));
    }
    return switch (token) {
      case "true", "false" -> new Rego.Scalar(Optional.of(token.equals("true")));
      case "null" -> new Rego.Scalar(Optional.empty());
      default -> new Rego.Variable(asName(token));
    };
  }

  private Term object() {
    Map<String, Term> members = new LinkedHashMap<>();
    skipLines();
    while (!accept("}")) {
      var key = unquoted(take());
      expect(":");
      members.put(key, term());
      skipLines();
      accept(",");
      skipLines();
    }
    return new Rego.Object_(members);
  }

  private List<Term> items(String end) {
    var items = new ArrayList<Term>();
    skipLines();
    while (!accept(end)) {
      items.add(term());
      skipLines();
      accept(",");
      skipLines();
    }
    return items;
  }

  private static String unquoted(String token) {
    try {
      var value = Json.read(token.getBytes(StandardCharsets.UTF_8), 1 << 20);
      if (value instanceof JsonString(var text)) {
        return text;
      }
    } catch (MessageException e) {
      throw new IllegalArgumentException(e);
    }
    throw new IllegalArgumentException("not a text: " + token);
  }

  private String name() {
    return asName(take());
  }

  private static String asName(String token) {
    if (WORDS.contains(token) || !token.matches("[A-Za-z_][A-Za-z0-9_]*")) {
      throw new IllegalArgumentException("not a name: " + token);
    }
    return token;
  }

  private void skipLines() {
    while (at < tokens.size() && tokens.get(at).equals(LINE)) {
      at++;
    }
  }

  private String peek() {
    return tokens.get(at);
  }

  private String take() {
    return tokens.get(at++);
  }

  private boolean accept(String token) {
    if (at < tokens.size() && peek().equals(token)) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(String token) {
    var found = take();
    if (!found.equals(token)) {
      throw new IllegalArgumentException(
          "`%s` instead of `%s` after %s".formatted(found, token, tokens.subList(at - 6, at)));
    }
  }
}
