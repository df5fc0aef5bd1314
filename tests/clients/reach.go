// Asks who calls at the vendor's own address. Prints the e-mail.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
)

func main() {
	request, err := http.NewRequest("GET", "https://api.clockify.me/api/v1/user", nil)
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set("X-Api-Key", os.Getenv("CLOCKIFY_API_KEY"))
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	var user struct{ Email string }
	if err := json.NewDecoder(answer.Body).Decode(&user); err != nil {
		log.Fatal(err)
	}
	fmt.Println(user.Email)
}
