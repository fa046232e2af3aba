package dev.testudo.cas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.jsse.TlsContext;
import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// `docs/cas-api.md` describes every route. Its examples run here, one after the
/// other, against one CAS.
class CasApiPageTest extends WithTestCas {
  private static final Pattern EXAMPLE =
      Pattern.compile("(?ms)^```text (anybody|stranger|owner|program)\n(.*?)^```$");
  private static final Pattern NAME = Pattern.compile("<([a-z-]+)>");
  private static final Pattern ROUTE = Pattern.compile("(?m)^## ([A-Z]+) (/\\S+)$");
  private static final List<String> METHODS =
      List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

  private final Map<String, HttpClient> clients = new HashMap<>();
  private final Map<String, String> seen = new HashMap<>();
  private final Identity program = Identity.ephemeral("program");

  private static String page() throws IOException {
    return Files.readString(Path.of("../docs/cas-api.md"));
  }

  @Test
  void whatTheExamplesShowIsWhatCasAnswers() throws IOException, InterruptedException {
    var examples = EXAMPLE.matcher(page()).results().toList();
    assertTrue(examples.size() >= 16, "the page has its examples");
    seen.put("owner", cas.owner.keyHash().text());
    seen.put("program", program.keyHash().text());
    for (var example : examples) {
      run(example.group(1), example.group(2));
    }
  }

  private void run(String who, String example) throws IOException, InterruptedException {
    var asked = lines(example, ">");
    var told = lines(example, "<");
    var line = asked.getFirst().split(" ", 2);
    var body = String.join("\n", asked.subList(1, asked.size()));
    var answer = send(who, line[0], filled(line[1]), filled(body));
    assertEquals(told.getFirst(), String.valueOf(answer.statusCode()), answer::body);
    var rest = told.subList(1, told.size());
    var headers = rest.stream().takeWhile(l -> l.matches("[A-Z][A-Za-z-]+: .*")).toList();
    for (var header : headers) {
      var parts = header.split(": ", 2);
      assertShown(parts[1], answer.headers().firstValue(parts[0]).orElse("(no such header)"));
    }
    var shown = rest.subList(headers.size(), rest.size());
    assertShown(String.join(shown.getFirst().startsWith("{") ? "" : "\n", shown), answer.body());
    assertEquals(
        List.of(),
        openApi()
            .problems(
                line[0], filled(line[1]), answer.statusCode(), answer.body().getBytes(UTF_8)));
  }

  private OpenApiDocument openApi() throws IOException, InterruptedException {
    var document = send("anybody", "GET", "/v1/openapi.json", "");
    assertEquals(200, document.statusCode());
    return OpenApiDocument.read(document.body().getBytes(UTF_8));
  }

  @Test
  void theOpenApiDocumentHasEveryRouteAndEveryRefusal() throws IOException, InterruptedException {
    var document = openApi();
    var sections = new TreeSet<String>();
    for (var route : ROUTE.matcher(page()).results().toList()) {
      sections.add(route.group(1) + " " + base(route.group(2)));
    }
    assertEquals(sections, document.operations());
    assertEquals(
        Arrays.stream(RefusalId.values()).map(RefusalId::text).toList(),
        document.enumeration("RefusalId"));
  }

  private static List<String> lines(String example, String mark) {
    return example
        .lines()
        .filter(line -> line.startsWith(mark + " "))
        .map(line -> line.substring(2))
        .toList();
  }

  /// Replaces names by the values seen before.
  private String filled(String text) throws IOException {
    if (text.contains("<report-data>")) {
      var nonce = HexFormat.of().parseHex(known("nonce"));
      var data = ReportData.of(program.certificate().getPublicKey(), nonce);
      seen.put("report-data", data.hex());
    }
    return NAME.matcher(text).replaceAll(name -> known(name.group(1)));
  }

  private String known(String name) {
    return Optional.ofNullable(seen.get(name)).orElseThrow(() -> new AssertionError(name));
  }

  /// Compares an answer with the one shown, in which a name stands for the same text everywhere.
  private void assertShown(String shown, String answered) {
    var pattern = new StringBuilder("(?s)");
    var end = 0;
    var names = new ArrayList<String>();
    for (var name : NAME.matcher(shown).results().toList()) {
      pattern.append(Pattern.quote(shown.substring(end, name.start())));
      var group = names.indexOf(name.group(1)) + 1;
      pattern.append(group > 0 ? "\\" + group : first(name.group(1)));
      if (group == 0) {
        names.add(name.group(1));
      }
      end = name.end();
    }
    pattern.append(Pattern.quote(shown.substring(end)));
    var matcher = Pattern.compile(pattern.toString()).matcher(answered);
    assertTrue(matcher.matches(), () -> "shown:    %s\nanswered: %s".formatted(shown, answered));
    for (var i = 0; i < names.size(); i++) {
      seen.put(names.get(i), matcher.group(i + 1));
    }
  }

  private String first(String name) {
    var before = seen.get(name);
    return before == null ? "(.+?)" : "(" + Pattern.quote(before) + ")";
  }

  private HttpResponse<String> send(String who, String method, String path, String body)
      throws IOException, InterruptedException {
    return send(who, method, path, body, false);
  }

  /// Sends a request.
  ///
  /// @param asksFirst true to send the body only once CAS wants it (`Expect: 100-continue`); a
  ///     client whose body is refused unread may otherwise lose the answer
  private HttpResponse<String> send(
      String who, String method, String path, String body, boolean asksFirst)
      throws IOException, InterruptedException {
    var publisher = HttpRequest.BodyPublishers.ofString(body);
    var uri = URI.create("https://%s%s".formatted(cas.address(), path));
    return clients
        .computeIfAbsent(who, this::client)
        .send(
            HttpRequest.newBuilder(uri).method(method, publisher).expectContinue(asksFirst).build(),
            HttpResponse.BodyHandlers.ofString(UTF_8));
  }

  private HttpClient client(String who) {
    var me =
        switch (who) {
          case "owner" -> Optional.of(cas.owner);
          case "program" -> Optional.of(program);
          case "stranger" -> Optional.of(Identity.ephemeral("stranger"));
          default -> Optional.<Identity>empty();
        };
    me.ifPresent(identity -> seen.put(who, identity.keyHash().text()));
    return HttpClient.newBuilder().sslContext(TlsContext.of(me, _ -> {})).build();
  }

  /// Tries every method on every path in the code. A combination that is not refused as
  /// unknown is a route.
  @Test
  void everyRouteIsASectionAndEverySectionARoute() throws IOException, InterruptedException {
    var sections = new TreeSet<String>();
    var asWritten = new TreeMap<String, String>();
    for (var route : ROUTE.matcher(page()).results().toList()) {
      var path = base(route.group(2));
      sections.add(route.group(1) + " " + path);
      asWritten.put(path, route.group(2));
    }
    var paths = paths();
    assertEquals(paths, asWritten.keySet());
    var routes = new TreeSet<String>();
    for (var path : paths) {
      for (var method : METHODS) {
        if (isRoute(method, asWritten.getOrDefault(path, path))) {
          routes.add(method + " " + path);
        }
      }
    }
    assertEquals(routes, sections);
  }

  private boolean isRoute(String method, String path) throws IOException, InterruptedException {
    var answer = send("stranger", method, path, "");
    return answer.statusCode() != RefusalId.METHOD_NOT_ALLOWED.status();
  }

  /// Returns the fixed beginning of a path.
  private static String base(String path) {
    return path.replaceAll("/(NAME|REQUEST|session=.*)$", "/");
  }

  private static Set<String> paths() throws IOException {
    var paths = new TreeSet<String>();
    for (var file :
        List.of("Routes.java", "SessionRoutes.java", "TokenRoutes.java", "VolumeRoutes.java")) {
      var code = Files.readString(Path.of("src/main/java/dev/testudo/cas/http", file));
      Pattern.compile("\"(?:GET )?(/[a-z0-9/.-]+)[^\"]*\"")
          .matcher(code)
          .results()
          .forEach(path -> paths.add(path.group(1)));
    }
    paths.remove("/v1/tokens/session");
    return paths;
  }

  @Test
  void whereABodyEndsIsSaid() throws IOException, InterruptedException {
    var limits =
        Pattern.compile(
                "(?m)^## (POST) (\\S+)$(?:(?!^## )[\\s\\S])*?^- Body: (?:(?!^- )[\\s\\S])*?([0-9]{4,}) bytes")
            .matcher(page())
            .results()
            .toList();
    assertEquals(11, limits.size());
    for (var limit : limits) {
      var bytes = Integer.parseInt(limit.group(3));
      var most = send("stranger", "POST", limit.group(2), "x".repeat(bytes));
      assertFalse(most.body().contains("the request is longer"), most::body);
      var more = send("stranger", "POST", limit.group(2), "x".repeat(bytes + 1), true);
      assertEquals(RefusalId.TOO_LARGE.status(), more.statusCode(), more::body);
    }
  }

  @Test
  void everyRefusalIsListedWithItsStatus() throws IOException {
    var listed =
        Pattern.compile("(?m)^\\| `([a-z-]+)` \\| ([0-9]{3}) \\|")
            .matcher(page())
            .results()
            .map(row -> row.group(1) + " " + row.group(2));
    assertEquals(
        Arrays.stream(RefusalId.values()).map(id -> id.text() + " " + id.status()).toList(),
        listed.toList());
  }

  @Test
  void everyMetricIsInTheOperatorsPage() throws IOException, InterruptedException {
    var answered = send("anybody", "GET", "/metrics", "").body();
    var page = Files.readString(Path.of("../docs/cas.md"));
    assertEquals(
        Pattern.compile("(?m)^# TYPE (\\w+)")
            .matcher(answered)
            .results()
            .map(m -> m.group(1))
            .toList(),
        Pattern.compile("(?m)^\\| `(testudo_cas_\\w+)")
            .matcher(page)
            .results()
            .map(m -> m.group(1))
            // `CollateralKeeperTest` looks at those that only a CAS with collateral has.
            .filter(name -> !name.startsWith("testudo_cas_collateral_"))
            .toList());
  }

  /// The actions that the page names are exactly those that the code logs.
  @Test
  void theActionsInTheAuditLogAreNamed() throws IOException {
    var named =
        Pattern.compile("the action\\s+`([a-z-]+)`").matcher(page()).results().map(m -> m.group(1));
    var logged = new TreeSet<String>();
    try (Stream<Path> all = Files.walk(Path.of("src/main/java"))) {
      for (var file : all.filter(f -> f.toString().endsWith(".java")).toList()) {
        Pattern.compile("AuditEvent\\.Refused\\.of\\(\\s*\"([a-z-]+)\"")
            .matcher(Files.readString(file))
            .results()
            .forEach(action -> logged.add(action.group(1)));
      }
    }
    assertEquals(logged, new TreeSet<>(named.toList()));
  }
}
