package dev.testudo.policy.yaml;

import dev.testudo.policy.schema.Keys;
import dev.testudo.policy.schema.Secrecy;
import dev.testudo.policy.schema.Shape;
import dev.testudo.policy.schema.Vocabulary;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.yaml.YamlNode.Entry;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import dev.testudo.policy.yaml.YamlNode.Scalar;
import dev.testudo.policy.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Hides the secrets of a file wherever diagnostics show it. What is secret follows from the
/// declared keys. The values of undeclared keys are hidden too, because a misspelled key may hold a
/// secret, and so is what does not have the declared shape. So are private keys in PEM wherever
/// they stand, and comments, which may keep an earlier value.
public final class Masking {
  /// Parts of a secret value that are names only.
  private static final Pattern NAMES =
      Pattern.compile(
          "\\$\\$SCONE::[A-Za-z0-9_.~:-]{1,300}(\\|escape\\(json\\))?\\$\\$"
              + "|\\{\\{ ?[A-Za-z_][A-Za-z0-9_.-]{0,200} ?\\}\\}");

  private static final Pattern PRIVATE_KEY = Pattern.compile("-----BEGIN [A-Z ]*PRIVATE KEY");

  private final List<Span> hidden = new ArrayList<>();
  private final boolean compares;

  private Masking(boolean compares) {
    this.compares = compares;
  }

  /// Returns the source with its secrets hidden.
  ///
  /// @param keys the keys of the file's top level
  public static SourceFile of(SourceFile source, Keys keys) {
    return of(source, keys, new Masking(false));
  }

  /// Returns the source with its secrets hidden, as the comparison with another file shows it.
  ///
  /// @param keys the keys of the file's top level
  public static SourceFile ofComparison(SourceFile source, Keys keys) {
    return of(source, keys, new Masking(true));
  }

  private static SourceFile of(SourceFile source, Keys keys, Masking masking) {
    if (source.confidential() || source.text().length() > Yaml.MAX_SIZE) {
      return SourceFile.confidential(source.name(), source.text());
    }
    switch (Yaml.read(source)) {
      case Parsed.Valid<YamlNode>(var root, _) -> {
        masking.find(root, new Shape.Keyed(() -> keys));
        masking.hidden.addAll(Comments.of(source, root));
      }
      case Parsed.Invalid<YamlNode> _ ->
          masking.hidden.addAll(BrokenText.hidden(source, Vocabulary.of(keys)));
    }
    return source.hiding(masking.hidden);
  }

  private void find(YamlNode node, Shape shape) {
    if (PRIVATE_KEY.matcher(text(node)).find()) {
      hide(node);
      return;
    }
    switch (shape) {
      case Shape.Keyed(var keys) -> findInKeyed(node, keys.get());
      case Shape.Named named -> findInNamed(node, named);
      case Shape.Many(var item) -> Fields.items(node).forEach(one -> find(one, item));
      case Shape.Either(var shapes) -> find(node, meant(node, shapes));
      case Shape.Anything _ -> hide(node);
      case Shape.Text _, Shape.Whole _, Shape.Flag _, Shape.Word _ -> {
        if (!(node instanceof Scalar)) {
          hide(node);
        }
      }
    }
  }

  /// Returns the shape that the author of `node` probably meant.
  private static Shape meant(YamlNode node, List<Shape> shapes) {
    return shapes.stream()
        .filter(shape -> fits(node, shape))
        .findFirst()
        .orElse(new Shape.Anything());
  }

  private static boolean fits(YamlNode node, Shape shape) {
    return switch (shape) {
      case Shape.Keyed _, Shape.Named _ -> node instanceof Mapping;
      case Shape.Many(var item) -> Fields.items(node).stream().allMatch(one -> fits(one, item));
      case Shape.Either(var shapes) -> shapes.stream().anyMatch(one -> fits(node, one));
      case Shape.Anything _ -> true;
      case Shape.Text _, Shape.Whole _, Shape.Flag _, Shape.Word _ -> node instanceof Scalar;
    };
  }

  private void findInKeyed(YamlNode node, Keys keys) {
    if (!(node instanceof Mapping mapping)) {
      if (Vocabulary.holdsSecrets(new Shape.Keyed(() -> keys))) {
        hide(node);
      }
      return;
    }
    var name = mapping.entry("name").map(Entry::value).map(Masking::text).orElse("");
    for (var entry : mapping.entries()) {
      var key = keys.key(entry.key().text());
      if (key.isEmpty()) {
        hideIfRest(entry);
      }
      if (key.isEmpty() || hides(key.get().secrecy(), name, entry.value())) {
        hide(entry.value());
      } else {
        find(entry.value(), key.get().shape());
      }
    }
  }

  private boolean hides(Secrecy secrecy, String name, YamlNode value) {
    return secrecy.hides(name, text(value)) && !(compares && secrecy.isShownInComparisons());
  }

  private void findInNamed(YamlNode node, Shape.Named named) {
    if (!(node instanceof Mapping(_, var entries))) {
      hide(node);
      return;
    }
    for (var entry : entries) {
      hideIfRest(entry);
      if (named.secrecy().hides(entry.key().text(), text(entry.value()))) {
        hide(entry.value());
      } else {
        find(entry.value(), named.value());
      }
    }
  }

  /// Hides a key that no colon follows. It is the rest of a value with a comma in it, as in
  /// `{value: p4ss,word}`.
  private void hideIfRest(Entry entry) {
    var text = entry.key().span().source().text();
    var next = entry.key().span().end();
    while (next < text.length() && Character.isWhitespace(text.charAt(next))) {
      next++;
    }
    if (entry.value().isNull() && !text.startsWith(":", next)) {
      hide(entry.key());
    }
  }

  private static String text(YamlNode node) {
    return node instanceof Scalar(_, var text, _) ? text : "";
  }

  /// Hides a value except for the names in it. An alias has the place of its anchor.
  private void hide(YamlNode node) {
    var span = node.span();
    var names = NAMES.matcher(span.text());
    var done = 0;
    while (names.find()) {
      hidden.add(span.source().span(span.start() + done, span.start() + names.start()));
      done = names.end();
    }
    hidden.add(span.source().span(span.start() + done, span.end()));
    hideAliases(node);
  }

  /// Hides what aliases within a hidden value stand for.
  private void hideAliases(YamlNode node) {
    switch (node) {
      case Mapping(var span, var entries) ->
          entries.forEach(entry -> hideOutside(span, entry.value()));
      case Sequence(var span, var items) -> items.forEach(item -> hideOutside(span, item));
      case Scalar _ -> {}
    }
  }

  private void hideOutside(Span span, YamlNode part) {
    if (!part.span().isWithin(span)) {
      hide(part);
    } else {
      hideAliases(part);
    }
  }
}
