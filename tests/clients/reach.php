<?php
// Asks who calls at the vendor's own address. Prints the e-mail.
$curl = curl_init('https://api.clockify.me/api/v1/user');
curl_setopt($curl, CURLOPT_RETURNTRANSFER, true);
curl_setopt($curl, CURLOPT_HTTPHEADER, ['X-Api-Key: ' . getenv('CLOCKIFY_API_KEY')]);
$answer = curl_exec($curl);
if ($answer === false) {
    fwrite(STDERR, curl_error($curl) . "\n");
    exit(1);
}
echo json_decode($answer)->email, "\n";
