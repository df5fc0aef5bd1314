// A Clockwork timer becomes an hour of work in Jira. Nothing but the JDK, 11 or newer.
//
// Run: java TimerTest.java

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;

public class TimerTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    public static void main(String[] arguments) throws Exception {
        // Its input closes with this process, and the server ends then, even if nobody destroys it.
        Process server = new ProcessBuilder("timetwin", "serve", "--listen", "127.0.0.1:0", "--until-stdin-closes").start();
        try {
            // The only line: "timetwin VERSION listening on URL Ready."
            String ready = new BufferedReader(new InputStreamReader(server.getInputStream())).readLine();
            aTimerBecomesAnHour(ready.split(" ")[4]);
            System.out.println("an hour of work");
        } finally {
            server.destroy();
        }
    }

    private static void aTimerBecomesAnHour(String twin) throws Exception {
        // What follows ~ in the token names the world of this test.
        String world = twin + "/_twin/sandboxes/hour";
        String anna = "Token demo-clockwork-anna~hour";

        call("PUT", world, null, "application/json", "{\"at\":\"2030-01-07T10:00:00Z\"}");
        call("POST", twin + "/v1/start_timer", anna, "application/x-www-form-urlencoded", "issue_key=SSP-13");
        call("POST", world + "/clock/advance", null, "application/json", "{\"by\":\"PT1H\"}");
        call("POST", twin + "/v1/stop_timer", anna, "application/x-www-form-urlencoded", "issue_key=SSP-13");

        String ledger = call("GET", world + "/ledger?system=jira", null, "application/json", "");
        if (!ledger.contains("\"start\":\"2030-01-07T10:00:00Z\",\"seconds\":3600")) {
            throw new AssertionError("not an hour of Anna's: " + ledger);
        }
    }

    private static String call(String method, String url, String token, String type, String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .header("Content-Type", type);
        if (token != null) {
            request.header("Authorization", token);
        }
        var answer = CLIENT.send(request.build(), BodyHandlers.ofString());
        if (answer.statusCode() >= 300) {
            throw new AssertionError(method + " " + url + ": " + answer.statusCode() + " " + answer.body());
        }
        return answer.body();
    }
}
