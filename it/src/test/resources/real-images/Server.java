import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;

class Server {
  public static void main(String[] words) throws Exception {
    var server = HttpServer.create(new InetSocketAddress(Integer.parseInt(words[0])), 0);
    server.createContext("/", exchange -> {
      var text = "hello from java".getBytes();
      exchange.sendResponseHeaders(200, text.length);
      exchange.getResponseBody().write(text);
      exchange.close();
    });
    server.start();
  }
}
