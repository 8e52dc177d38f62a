<?php
// A WhatsApp Flow behind flowserver, with nothing but PHP itself. Run: php -S 127.0.0.1:3000 server.php

const DAYS = [['id' => 'mon', 'title' => 'Monday'], ['id' => 'sun', 'title' => 'Sunday']];

// Standard Webhooks: one of the signatures fits, and the message is at most five minutes old.
function genuine(string $key, string $body): bool
{
    $id = $_SERVER['HTTP_WEBHOOK_ID'] ?? '';
    $time = $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '';
    if (!preg_match('/^\d{1,12}$/D', $time) || abs(time() - (int) $time) > 300) {
        return false;
    }
    $want = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$time.$body", $key, true));
    foreach (explode(' ', $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? '') as $signature) {
        if (hash_equals($want, $signature)) {
            return true;
        }
    }
    return false;
}

// Answers with a status and what becomes the JSON body.
function answer(array $message): array
{
    ['action' => $action, 'screen' => $screen, 'data' => $data, 'flow_token' => $token] = $message;
    if ($action === 'error') { // the phone could not use one of our answers: look into it
        return [200, (object) []];
    }
    if ($token === 'used') {
        return [427, ['error_msg' => 'You have booked already. Write to us to change it.']];
    }
    if ($action !== 'data_exchange') { // INIT, or BACK from CONFIRM
        return [200, ['screen' => 'DAY', 'data' => ['days' => DAYS]]];
    }
    $day = array_column(DAYS, null, 'id')[is_string($data['day'] ?? null) ? $data['day'] : ''] ?? null;
    if ($screen === 'DAY' && $day && $day['id'] === 'sun') {
        return [200, ['screen' => $screen, 'data' => ['days' => DAYS, 'error_message' => 'We are closed on Sundays.']]];
    }
    if ($screen === 'DAY' && $day) {
        return [200, ['screen' => 'CONFIRM', 'data' => ['day' => $day['id'], 'title' => $day['title']]]];
    }
    if ($screen === 'CONFIRM' && $day) {
        return [200, ['screen' => 'SUCCESS', 'data' => ['extension_message_response' => ['params' => ['day' => $day['id']]]]]];
    }
    return [404, (object) []];
}

$secret = (string) getenv('FLOWSERVER_UPSTREAM_SECRET'); // whsec_ and base64, or any other text, used as is
$key = str_starts_with($secret, 'whsec_') ? (string) base64_decode(substr($secret, 6)) : $secret;
$body = (string) file_get_contents('php://input');
if ($key === '') {
    error_log('FLOWSERVER_UPSTREAM_SECRET is not set');
    [$status, $content] = [500, (object) []];
} elseif ($_SERVER['REQUEST_METHOD'] !== 'POST') {
    [$status, $content] = [501, (object) []];
} elseif (!genuine($key, $body)) {
    [$status, $content] = [401, (object) []];
} else {
    $message = (array) json_decode($body, true) + ['action' => '', 'screen' => '', 'data' => [], 'flow_token' => ''];
    [$status, $content] = $message['action'] === '' ? [400, (object) []] : answer($message);
}
http_response_code($status);
header('Content-Type: application/json');
echo json_encode($content, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
