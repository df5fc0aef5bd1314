// A Clockwork timer becomes an hour of work in Jira. Nothing but the standard library.
//
// Run: go test -count=1 ./...
package timetwin_example

import (
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"
)

// serve starts a twin on a free port for as long as the test runs, and says where.
func serve(t *testing.T) string {
	// Its input closes with this process, and the server ends then, even after a panic or a time-out.
	command := exec.Command("timetwin", "serve", "--listen", "127.0.0.1:0", "--until-stdin-closes")
	if _, err := command.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	// The only line: "timetwin VERSION listening on URL Ready."
	line := make([]byte, 256)
	n, err := output.Read(line)
	words := strings.Fields(string(line[:n]))
	if err != nil || len(words) < 5 {
		t.Fatalf("timetwin did not start: %q, %v", line[:n], err)
	}
	return words[4]
}

// call sends a request and reads its JSON answer into `into`, unless that is nil.
func call(t *testing.T, method, url, token, kind, body string, into any) {
	t.Helper()
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", kind)
	request.Header.Set("Authorization", token)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	if answer.StatusCode >= 300 {
		t.Fatalf("%s %s: %s: %s", method, url, answer.Status, text)
	}
	if into != nil {
		if err := json.Unmarshal(text, into); err != nil {
			t.Fatalf("%s %s: %v: %s", method, url, err, text)
		}
	}
}

func TestATimerBecomesAnHour(t *testing.T) {
	twin := serve(t)
	// What follows ~ in the token names the world of this test.
	world, anna := twin+"/_twin/sandboxes/hour", "Token demo-clockwork-anna~hour"
	const asJSON, asForm = "application/json", "application/x-www-form-urlencoded"

	call(t, "PUT", world, "", asJSON, `{"at":"2030-01-07T10:00:00Z"}`, nil)
	call(t, "POST", twin+"/v1/start_timer", anna, asForm, "issue_key=SSP-13", nil)
	call(t, "POST", world+"/clock/advance", "", asJSON, `{"by":"PT1H"}`, nil)
	call(t, "POST", twin+"/v1/stop_timer", anna, asForm, "issue_key=SSP-13", nil)

	var ledger []struct {
		Who, What string
		Seconds   int
	}
	call(t, "GET", world+"/ledger?system=jira", "", asJSON, "", &ledger)
	last := ledger[len(ledger)-1]
	if last.Who != "anna@studio.example" || last.What != "SSP-13" || last.Seconds != 3600 {
		t.Fatalf("not an hour of Anna's: %+v", last)
	}
}
