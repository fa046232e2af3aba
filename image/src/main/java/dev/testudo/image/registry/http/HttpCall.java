package dev.testudo.image.registry.http;

import dev.testudo.trust.secret.Secret;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A request.
///
/// @param method the method, such as `GET`
/// @param url the URL, absolute when the request is sent
/// @param headers further headers, none of them secret
/// @param authorization the value of the header `Authorization`; only the origin of `url` gets it
/// @param body what to send
public record HttpCall(
    String method,
    URI url,
    Map<String, String> headers,
    Optional<Secret> authorization,
    Optional<HttpBody> body) {
  public HttpCall {
    headers = Map.copyOf(headers);
  }

  /// Returns a request without body, headers and credentials.
  public static HttpCall of(String method, URI url) {
    return new HttpCall(method, url, Map.of(), Optional.empty(), Optional.empty());
  }

  /// Returns this request with one more header.
  public HttpCall header(String name, String value) {
    var more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new HttpCall(method, url, more, authorization, body);
  }

  /// Returns this request with the given credentials instead of its own.
  public HttpCall authorized(Optional<Secret> value) {
    return new HttpCall(method, url, headers, value, body);
  }

  /// Returns this request with a body of the given media type.
  public HttpCall sending(String mediaType, HttpBody content) {
    return new HttpCall(method, url, headers, authorization, Optional.of(content))
        .header("Content-Type", mediaType);
  }

  /// Returns this request for another URL.
  public HttpCall at(URI other) {
    return new HttpCall(method, other, headers, authorization, body);
  }
}
