<?php
// A WhatsApp Flow behind flowserver, with nothing but PHP itself.

// What your shop knows. Ask your database instead.
const ORDERS = ['A-1001' => 'It is on its way.', 'A-1002' => 'It was delivered this morning.'];

// answer decides which screen comes next, and what it shows.
function answer(array $request): array
{
    $screen = $request['screen'] ?? '';
    if ($request['action'] === 'error') {
        return []; // the phone could not show an answer of ours: look into the log
    }
    if ($screen === 'ORDER' && $request['action'] === 'data_exchange') {
        $number = $request['data']['number'] ?? '';
        if (isset(ORDERS[$number])) {
            return ['screen' => 'STATUS', 'data' => ['number' => $number, 'status' => ORDERS[$number]]];
        }
        return ['screen' => 'ORDER', 'data' => ['error_messages' => ['number' => 'We have no such order.']]];
    }
    return ['screen' => 'ORDER', 'data' => ['error_messages' => new stdClass()]]; // the Flow opens, or the user comes back
}

// genuine reports whether flowserver sent the request (Standard Webhooks).
function genuine(string $key, string $body): bool
{
    $id = $_SERVER['HTTP_WEBHOOK_ID'] ?? '';
    $time = $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '';
    if (!preg_match('/^\d{1,12}$/', $time) || abs(time() - (int) $time) > 300) {
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

$secret = getenv('FLOWSERVER_UPSTREAM_SECRET') ?: '';
$key = str_starts_with($secret, 'whsec_') ? base64_decode(substr($secret, 6)) : $secret;
$body = file_get_contents('php://input');
if ($key === '' || $_SERVER['REQUEST_METHOD'] !== 'POST' || !genuine($key, $body)) {
    http_response_code(401);
    exit;
}
header('Content-Type: application/json');
$answer = answer(json_decode($body, true, flags: JSON_THROW_ON_ERROR));
echo json_encode($answer === [] ? new stdClass() : $answer, JSON_THROW_ON_ERROR);
